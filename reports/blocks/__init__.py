"""Blocks of data: each reads facts that can be frozen (texts, numbers, lists) and shows them by its own template."""

from reports.blocks.block import Block
from reports.blocks.registry import BLOCKS, block_data, block_html

__all__ = ["BLOCKS", "Block", "block_data", "block_html"]
