{#
    How often each product's orders fail, drawn towards the store's mean the fewer orders there are:
    common tables `sums` to `rates`, of `windowed`. `demand/small_samples.py` fits the same prior to
    other counts; `test_smoothed_rates.py` holds the two equal.
#}
{% macro unfulfilled_rates() -%}
-- How the store's products differ: a Beta-binomial by the method of moments, over orders.
sums as (
    select
        business_product_id, count(*) as products,
        cast(sum(affected_orders) as double precision) as x,
        cast(sum(orders) as double precision) as n,
        cast(sum(orders * orders) as double precision) as n_squared,
        -- Decimals, because a sum of doubles depends on the order of its rows.
        cast(sum(cast({{ ratio('affected_orders * affected_orders', 'orders') }} as decimal(38, 15)))
            as double precision) as x_squared_by_n
    from windowed
    group by business_product_id
),

moments as (
    select
        business_product_id, x / n as mean,
        products >= 20 and x >= 30 and x < n and n_squared < n * n as is_fitted,
        (x_squared_by_n - x * x / n) / nullif(products - 1, 0) as s_squared,
        (n - n_squared / n) / nullif(products - 1, 0) as m
    from sums
),

variances as (
    select
        business_product_id, mean, is_fitted and m > 1 as is_fitted,
        case when m > 1 then (s_squared - mean * (1 - mean)) / (m - 1) end as between_products,
        -- So many orders that 1 of 1 never outranks 10 of 100: M > 10 / (1 - 11 mean); 20 at least,
        -- 100 at most, for near a mean of 1 in 11 ten of a hundred is nothing unusual.
        least(greatest(10.5 / greatest(1 - 11 * mean, 0.105), 20), 100) as least_weight
    from moments
),

-- Prior: how many orders the store's mean weighs. NULL: the products are indistinguishable.
priors as (
    select
        business_product_id, mean,
        case
            when not is_fitted or between_products is null then least_weight
            when between_products > mean * (1 - mean) / 1000000
                then greatest(mean * (1 - mean) / between_products - 1, least_weight)
        end as weight
    from variances
),

smoothed as (
    select
        windowed.business_product_id, windowed.product_key, windowed.currency_code, priors.mean,
        priors.weight is null as is_indistinguishable,
        windowed.affected_orders + coalesce(priors.mean * priors.weight, 0) as alpha,
        windowed.orders - windowed.affected_orders + coalesce((1 - priors.mean) * priors.weight, 0)
            as beta
    from windowed
    inner join priors on windowed.business_product_id = priors.business_product_id
),

rates as (
    select
        business_product_id, product_key, currency_code,
        case when is_indistinguishable then mean else alpha / (alpha + beta) end as rate_eb,
        case when is_indistinguishable then mean else {{ beta_quantile(0.1, 'alpha', 'beta') }} end
            as rate_low,
        case when is_indistinguishable then mean else {{ beta_quantile(0.9, 'alpha', 'beta') }} end
            as rate_high
    from smoothed
)
{%- endmacro %}
