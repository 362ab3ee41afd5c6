"""Protected brands, and the matching of host names against all of them."""

from fanzha.brands.table import Brand, BrandTable, load_shipped_brands

__all__ = ["Brand", "BrandTable", "load_shipped_brands"]
