// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.24;

/// What goes wrong, on demand.
contract Tripwire {
    bool public armed;

    /// From now on `pass` reverts, or no longer does.
    function arm(bool on) external {
        armed = on;
    }

    function pass() external view {
        if (armed) revert("Tripwire: armed");
    }

    function fail() external pure {
        revert("Tripwire: always");
    }

    /// Passes every simulation that names no gas price, and reverts in a block.
    function failOnceMined() external view {
        if (tx.gasprice > 0) revert("Tripwire: mined");
    }
}
