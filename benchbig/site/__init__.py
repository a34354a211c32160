"""The leaderboard: a store as a static site that works from plain files (`build`, `serve`)."""
