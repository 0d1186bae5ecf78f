#!/usr/bin/env lua
-- lua: all
-- A first line with # is skipped, and counted.
print(debug.getinfo(1, "l").currentline)
error("line 4")
