// For mongosh: makes a replica set of the one server, and for each service a user that has a database to itself. Run again, it
// gives the users the passwords that they have by then.
const fs = require("node:fs");
const provisioned = "/provisioned/mongodb";
const set = { _id: "rs0", members: [{ _id: 0, host: "mongodb:27017" }] };

const admin = db.getSiblingDB("admin");
admin.auth("root", fs.readFileSync(`${provisioned}/root_password`, "utf8"));

try {
  rs.status();
} catch (error) {
  if (error.codeName !== "NotYetInitialized") throw error;
  rs.initiate(set);
}
while (!db.hello().isWritablePrimary) sleep(200);

for (const { name, password } of JSON.parse(fs.readFileSync(`${provisioned}/users.json`, "utf8"))) {
  const database = db.getSiblingDB(name);
  const roles = [{ role: "readWrite", db: name }];
  if (database.getUser(name)) database.updateUser(name, { pwd: password, roles });
  else database.createUser({ user: name, pwd: password, roles });
}
