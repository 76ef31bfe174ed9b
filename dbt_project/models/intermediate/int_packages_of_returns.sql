-- Each package of a return once, however it is told of.
with returns as (
    select business_product_id, order_id, snapshot_at, {{ each_of('returns') }} as details
    from {{ ref('int_orders') }}
    where is_latest and {{ list_length('returns') }} > 0
),

{% for name, found in [
    ('packages', 'details.returnPackageDetails'), ('deliveries', 'details.returnDeliveryDetails')
] %}
{{ name }} as (
    select
        business_product_id, order_id, snapshot_at, coalesce(details.id, 'UNKNOWN') as return_id,
        details.state as return_state, {{ each_of(found) }} as package
    from returns
),
{% endfor %}

-- The older name of the same thing: it counts where the current one lacks the package.
either as (
    select
        business_product_id, order_id, snapshot_at, return_id, return_state,
        coalesce(nullif({{ trimmed('package.id') }}, ''), 'UNKNOWN') as return_package_id,
        package.state as state, package.reason as reason, package.returnPackageFor as package_for,
        package.packageTracker.packageTrackerIdentifier.carrierCode as carrier_code
    from packages
    where package is not null
    union all
    select
        business_product_id, order_id, snapshot_at, return_id, return_state,
        coalesce(nullif({{ trimmed('package.id') }}, ''), 'UNKNOWN') as return_package_id,
        package.state as state, package.reason as reason, package.returnDeliveryFor as package_for,
        cast(null as string) as carrier_code
    from deliveries as older
    where
        package is not null
        and not exists (
            select 1
            from packages as current
            where current.business_product_id = older.business_product_id
                and current.order_id = older.order_id
                and current.return_id = older.return_id
                and current.package.id = coalesce(older.package.id, current.package.id)
        )
)

select *, count(*) over (partition by business_product_id, order_id, return_id) as packages_of_return
from (
    select
        *,
        row_number() over (
            partition by business_product_id, order_id, return_id, return_package_id
            order by state nulls last, reason nulls last, carrier_code nulls last
        ) as preference
    from either
)
-- One that stands twice under its return is one.
where preference = 1
