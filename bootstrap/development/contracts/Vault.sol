// SPDX-License-Identifier: UNLICENSED
pragma solidity ^0.8.24;

import {ERC20, ERC4626, IERC20} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";

/// OpenZeppelin's ERC-4626 vault; its yield is whatever assets are sent to it.
contract Vault is ERC4626 {
    constructor(IERC20 asset, string memory name, string memory symbol) ERC4626(asset) ERC20(name, symbol) {}

    /// A thousand shares to a base unit of the asset: who deposits first can't take from who comes second.
    function _decimalsOffset() internal pure override returns (uint8) {
        return 3;
    }
}
