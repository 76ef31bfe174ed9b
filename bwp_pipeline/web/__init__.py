"""`bwp serve`: the managers' page live, from the published database, read-only.

Belongs here: HTTP, filters in the address, forms. Does not belong here: any figure; they come from
`bwp_pipeline.reports`, as in the static page.
"""
