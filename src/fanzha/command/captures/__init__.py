"""Looks at pages: asked for by people and apps, made by the fetcher, read and handed on at the desk."""
