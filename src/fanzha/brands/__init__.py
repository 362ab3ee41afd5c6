"""Protected brands, and the matching of host names against all of them."""

from fanzha.brands.table import Brand, BrandTable, shipped

__all__ = ["Brand", "BrandTable", "shipped"]
