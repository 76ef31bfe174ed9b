{#
    Functions of the database itself. DuckDB has no quantiles of a Beta distribution: these compute
    them, for the report and for analysts alike (the published file has them too).

    beta_cdf: continued fraction of the incomplete beta function (NIST DLMF 8.17.22, modified Lentz);
    beta_quantile: Halley's steps on it, kept between 0 and 1, from the tail where that is steep.
    Right to 1e-7 for rates of orders.
    wilson_low, wilson_high: Wilson's interval of 80 %.
#}
{% macro create_functions(database) -%}
    {{ return(adapter.dispatch('create_functions', 'bwp')(database)) }}
{%- endmacro %}

{% macro default__create_functions(database) -%}
    {{ exceptions.raise_compiler_error("beta_quantile is not written for " ~ target.type ~ " yet") }}
{%- endmacro %}

{% macro duckdb__create_functions(database) -%}
    create or replace macro {{ database }}.main.beta_fraction_term(i, a, b, x) as
        case when i % 2 = 0
            then floor(i / 2) * (b - floor(i / 2)) * x / ((a - 1 + i) * (a + i))
            else - (a + floor(i / 2)) * (a + b + floor(i / 2)) * x / ((a + i - 1) * (a + i))
        end;
    -- The fraction's state is [c, d, h]; the list that is folded starts with the first one. It takes
    -- the more terms the larger a and b are.
    create or replace macro {{ database }}.main.beta_fraction(a, b, x) as list_reduce(
        list_prepend(
            [
                1::double,
                1 / (1 + main.beta_fraction_term(1::double, a, b, x)),
                1 / (1 + main.beta_fraction_term(1::double, a, b, x))
            ],
            list_transform(
                range(2, 24 + cast(4 * sqrt(greatest(a, b)) as bigint)),
                lambda number: [main.beta_fraction_term(number::double, a, b, x)]
            )
        ),
        lambda f, term: [
            1 + term[1] / f[1],
            1 / (1 + term[1] * f[2]),
            f[3] * (1 + term[1] / f[1]) / (1 + term[1] * f[2])
        ]
    )[3];
    create or replace macro {{ database }}.main.beta_power(a, b, x) as
        exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * ln(x) + b * ln(1 - x));
    create or replace macro {{ database }}.main.beta_cdf(a, b, x) as
        case when x < (a + 1) / (a + b + 2)
            then main.beta_power(a, b, x) * main.beta_fraction(a, b, x) / a
            else 1 - main.beta_power(a, b, x) * main.beta_fraction(b, a, 1 - x) / b
        end;
    -- How far the distribution at x is from p, divided by its density.
    create or replace macro {{ database }}.main.beta_error(p, a, b, x) as
        case when x < (a + 1) / (a + b + 2)
            then x * (1 - x) * (main.beta_fraction(a, b, x) / a - p / main.beta_power(a, b, x))
            else x * (1 - x)
                * ((1 - p) / main.beta_power(a, b, x) - main.beta_fraction(b, a, 1 - x) / b)
        end;
    -- Where the distribution of its lower tail alone, x ^ a / (a * beta(a, b)), is p.
    create or replace macro {{ database }}.main.beta_tail(p, a, b) as
        least(a / (a + b), greatest(1e-12, exp(
            (ln(greatest(p, 1e-12)) + ln(a) + lgamma(a) + lgamma(b) - lgamma(a + b)) / a
        )));
    create or replace macro {{ database }}.main.beta_quantile(p, a, b) as
        case when p between 0 and 1 and a > 0 and b > 0 then list_reduce(
            list_prepend(
                case
                    when a < 1 then main.beta_tail(p, a, b)
                    when b < 1 then 1 - main.beta_tail(1 - p, b, a)
                    else a / (a + b)
                end::double,
                range(7)::double[]
            ),
            lambda x, step: list_transform(
                [main.beta_error(p, a, b, x)],
                lambda error: greatest(x / 8, least(
                    (7 + x) / 8,
                    x - error / (
                        1 - greatest(-1, least(1, error * ((a - 1) / x - (b - 1) / (1 - x)))) / 2
                    )
                ))
            )[1]
        ) end;
    create or replace macro {{ database }}.main.wilson_low(x, n) as
        greatest(
            (x + 0.8211872 - 1.2815516 * sqrt(x * (n - x) / n::double + 0.4105936)) / (n + 1.6423744), 0
        );
    create or replace macro {{ database }}.main.wilson_high(x, n) as
        least(
            (x + 0.8211872 + 1.2815516 * sqrt(x * (n - x) / n::double + 0.4105936)) / (n + 1.6423744), 1
        );
    create or replace macro {{ database }}.main.eb_rate(x, n, mean, weight) as
        (x + mean * weight) / (n + weight)::double;
{%- endmacro %}

{% macro beta_quantile(p, alpha, beta) -%}
    {{ return(adapter.dispatch('beta_quantile', 'bwp')(p, alpha, beta)) }}
{%- endmacro %}
{% macro default__beta_quantile(p, alpha, beta) -%}
    beta_quantile({{ p }}, {{ alpha }}, {{ beta }})
{%- endmacro %}
{% macro duckdb__beta_quantile(p, alpha, beta) -%}
    main.beta_quantile({{ p }}, {{ alpha }}, {{ beta }})
{%- endmacro %}
