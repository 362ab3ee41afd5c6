"""Words of campaigns for templates."""
