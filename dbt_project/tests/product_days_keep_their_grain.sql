{{ config(meta={'dagster': {'ref': {'name': 'fct_product_days'}}}) }}
-- Blocks: a broken key would double figures. Of what follows from the model of demand, which DuckDB
-- builds on either engine.
{{ broken_keys(['fct_product_days', 'fct_short_items']) }}
