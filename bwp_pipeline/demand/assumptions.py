"""What the model assumes before it has seen a shop: every prior, in one place.

Belongs here: numbers with their meaning and unit. Does not belong here: what is computed from them.
A shop's own history soon outweighs the priors of pace; those of evidence stay as they are.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Assumptions:
    """Priors of the state filter and of demand; times are days, rates are per day.

    Attributes:
        outage_rate: how often a product on sale runs out; a product's own outages are added.
        outage_weight: how many days on sale the prior of `outage_rate` weighs.
        hidden_at_once: share of outages in which the offer disappears the same day.
        hides_rate: how soon the offer of a product that is short disappears.
        recovery_rate: how soon a product that is out is on sale again: outages last a week or so.
        end_rate: how often a product is given up.
        revival_rate: how often a product that was given up comes back.
        direct_when_out: chance that an order fails and says so when its product is out.
        direct_when_in: chance that an order fails as UNFULFILLABLE though its product is there.
        declared_when_in: chance of the same for a merchant's own word on a single product.
        shipped_when_out: chance of a shipment on a day on which the product is out; not tiny,
            because orders of the days before still leave the warehouse.
        most_units_heard: shipments or failures beyond so many add no evidence to their day, for
            what happens to the orders of a day happens to them together.
        most_shared_weight: the odds that one order of several products can give to one of them.
            With it one shared unit never makes a product out of stock.
        zero_when_in: chance that Amazon tells no buyable unit of a product that is on sale.
        some_when_out: chance that Amazon tells buyable units of a product that is out.
        first_rate, first_shape: mean orders a day of a shop's products, and the shape of the Gamma
            distribution that they come from, while no product has told more.
        dispersion: k of daily orders, negative binomial with variance mu + mu^2 / k.
        dispersion_weight: how many product-days the prior of `dispersion` weighs.
        launch_rate: how often a product that exists is a new one.
        pace_days: memory of a product's own pace, counted in days on sale (e-folding).
        level_days: memory of the shop's level, which carries trend and season (e-folding).
        pace_orders: how many orders the neutral weekday and level weigh.
        units_orders: how many orders the shop's mean units per order weighs.
    """

    outage_rate: float = 0.01
    outage_weight: float = 80.0
    hidden_at_once: float = 0.4
    hides_rate: float = 0.25
    recovery_rate: float = 0.11
    end_rate: float = 0.0005
    revival_rate: float = 0.001
    direct_when_out: float = 0.9
    direct_when_in: float = 0.004
    declared_when_in: float = 0.01
    shipped_when_out: float = 0.1
    most_units_heard: float = 3.0
    most_shared_weight: float = 25.0
    zero_when_in: float = 0.02
    some_when_out: float = 0.05
    first_rate: float = 0.5
    first_shape: float = 0.6
    dispersion: float = 8.0
    dispersion_weight: float = 200.0
    launch_rate: float = 0.002
    pace_days: float = 120.0
    level_days: float = 10.0
    pace_orders: float = 100.0
    units_orders: float = 5.0


ASSUMPTIONS = Assumptions()
