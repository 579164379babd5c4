"""Where facts come from and where they rest: import, code tables, the sample consortium and the SQL store."""
