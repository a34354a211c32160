"""Tables: records to rows (`rows`), and rows to files (`export`)."""
