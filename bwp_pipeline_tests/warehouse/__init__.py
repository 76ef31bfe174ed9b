"""From the lake to marts and reports: what the SQL computes, and how it is built."""
