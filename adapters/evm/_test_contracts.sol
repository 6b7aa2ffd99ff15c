// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";

contract Token is ERC20("Token", "TKN") {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

contract Collection is ERC721("Collection", "NFT") {
    function mint(address to, uint256 token) external {
        _mint(to, token);
    }
}

contract Items is ERC1155("") {
    function mint(address to, uint256[] calldata tokens, uint256[] calldata amounts) external {
        _mintBatch(to, tokens, amounts, "");
    }
}

/// Returns nothing from transfer and approve, as Tether's does.
contract Silent {
    mapping(address => uint256) public balanceOf;

    event Transfer(address indexed from, address indexed to, uint256 value);

    function mint(address to, uint256 value) external {
        balanceOf[to] += value;
        emit Transfer(address(0), to, value);
    }

    function transfer(address to, uint256 value) external {
        balanceOf[msg.sender] -= value;
        balanceOf[to] += value;
        emit Transfer(msg.sender, to, value);
    }
}

/// WETH9 as it stands on mainnet, in today's Solidity: no Transfer when it wraps and unwraps.
contract Wrapper {
    mapping(address => uint256) public balanceOf;

    event Transfer(address indexed src, address indexed dst, uint256 wad);
    event Deposit(address indexed dst, uint256 wad);
    event Withdrawal(address indexed src, uint256 wad);

    receive() external payable {
        deposit();
    }

    function deposit() public payable {
        balanceOf[msg.sender] += msg.value;
        emit Deposit(msg.sender, msg.value);
    }

    function withdraw(uint256 wad) external {
        require(balanceOf[msg.sender] >= wad, "not as much");
        balanceOf[msg.sender] -= wad;
        payable(msg.sender).transfer(wad);
        emit Withdrawal(msg.sender, wad);
    }

    function totalSupply() external view returns (uint256) {
        return address(this).balance;
    }
}

/// Logs stakes with WETH9's events, and is no token.
contract Stakes {
    event Deposit(address indexed user, uint256 amount);

    function stake() external payable {
        emit Deposit(msg.sender, msg.value);
    }
}

contract Troubles {
    error Unheard(uint256 value);

    event Transfer(address indexed from, address indexed to, uint256 value);

    function text() external pure {
        revert("the oracle is stale");
    }

    function panic(uint256 divisor) external pure returns (uint256) {
        return 1 / divisor;
    }

    function custom() external pure {
        revert Unheard(7);
    }

    function silent() external pure {
        revert();
    }

    /// Passes the value on to another call, which is undone with its log; the value stays here.
    function swallow() external payable {
        try this.loud{value: msg.value}(msg.sender) {} catch {}
    }

    function loud(address to) external payable {
        payable(to).transfer(msg.value / 2);
        emit Transfer(address(this), to, 5);
        revert("undone");
    }

    /// Claims more than a word holds.
    function boast() external {
        emit Transfer(address(0), msg.sender, type(uint256).max);
        emit Transfer(address(0), msg.sender, type(uint256).max);
    }

    /// Gives half of the value back.
    function half() external payable {
        payable(msg.sender).transfer(msg.value / 2);
    }

    function pairs() external pure returns (uint256[2][] memory list, bool yes, bytes2 two, string memory text_) {
        list = new uint256[2][](2);
        list[1] = [uint256(3), type(uint256).max];
        return (list, true, 0xbeef, "text");
    }
}
