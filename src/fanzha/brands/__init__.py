"""Who is imitated and how: the protected brands, and the matching of any name against all of them at once."""

from fanzha.brands.table import Brand, BrandTable, shipped

__all__ = ["Brand", "BrandTable", "shipped"]
