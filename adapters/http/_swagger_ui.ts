/** The page of Swagger UI: its files are the package's, served by us. */
export const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Lucent API</title>
    <link rel="icon" href="/docs/assets/favicon-32x32.png">
    <link rel="stylesheet" href="/docs/assets/swagger-ui.css">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/docs/assets/swagger-ui-bundle.js"></script>
    <script src="/docs/assets/swagger-ui-standalone-preset.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;

/** A file of its own, so that the page needs no inline script. With several documents the page has a list to choose from. */
export function scriptFor(names: readonly string[], first: string | undefined): string {
  const urls = names.map((name) => ({ name, url: `/docs/documents/${name}` }));
  const documents = names.length === 0 ? { url: "/openapi.json" } : { urls, "urls.primaryName": first };
  return `SwaggerUIBundle({
  ...${JSON.stringify(documents)},
  dom_id: "#swagger-ui",
  ${names.length === 0 ? "" : 'presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],\n  layout: "StandaloneLayout",'}
  deepLinking: true,
  persistAuthorization: true,
  tryItOutEnabled: true,
  validatorUrl: null,
});
`;
}
