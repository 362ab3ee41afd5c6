"""Words that all templates of the site know."""
