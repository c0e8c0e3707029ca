EXTRA_DIST += docs/architecture.md docs/img/demo.png docs/pictures
dist_man1_MANS += docs/wfm.1
EXTRA_DIST += docs/api.md docs/pages.md docs/runs.md
EXTRA_DIST += docs/staffing.md docs/published-errors.md
dist_man5_MANS += docs/wfm-operation.5
EXTRA_DIST += docs/explain.md docs/roster.md
EXTRA_DIST += docs/forecasting.md docs/img/forecast-explain.svg docs/forecast-peers.csv docs/img/forecast-ranks.svg
