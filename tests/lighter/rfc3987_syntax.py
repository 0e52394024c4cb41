"""Stands for a grammar of web addresses that jsonschema would read in two seconds, for nothing.

The root's conftest puts this folder on the path of all that the tests start: some fifty processes
check notebooks against a schema, and none of them checks an address.
"""

raise ImportError("The tests need no grammar of addresses.")
