// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";

contract Token is ERC20("Token", "TKN") {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// Keeps a tenth of what is moved.
contract Taxed is ERC20("Taxed", "TAX") {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function _update(address from, address to, uint256 value) internal override {
        bool taxed = from != address(0) && to != address(0);
        if (taxed) super._update(from, address(this), value / 10);
        super._update(from, to, taxed ? value - value / 10 : value);
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

/// Logs what Permit2 does, and keeps nothing of it.
contract Permits {
    event Approval(
        address indexed owner, address indexed token, address indexed spender, uint160 amount, uint48 expiration
    );
    event Permit(
        address indexed owner,
        address indexed token,
        address indexed spender,
        uint160 amount,
        uint48 expiration,
        uint48 nonce
    );

    function approve(address token, address spender, uint160 amount, uint48 expiration) external {
        emit Approval(msg.sender, token, spender, amount, expiration);
    }

    function permit(address owner, address token, address spender, uint160 amount) external {
        emit Permit(owner, token, spender, amount, 9, 0);
    }
}

/// Pays by calls of its own.
contract Payer {
    receive() external payable {}

    function pay(address payable[] calldata to, uint256 each) external payable {
        for (uint256 i = 0; i < to.length; i++) to[i].transfer(each);
    }

    /// The second of two payments is undone.
    function waver(address payable to, uint256 each) external {
        to.transfer(each);
        try this.payAndRevert(to, each) {} catch {}
    }

    function payAndRevert(address payable to, uint256 each) external {
        to.transfer(each);
        revert("undone");
    }

    function hand(ERC20 token, address to, uint256 value) external {
        token.transfer(to, value);
    }

    function end(address payable heir) external {
        selfdestruct(heir);
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

    function known() external pure {
        revert IERC20Errors.ERC20InsufficientBalance(address(1), 2, 3);
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
