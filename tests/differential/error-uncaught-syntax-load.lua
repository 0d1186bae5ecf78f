-- lua: all
-- An error that load returned, raised by assert.
assert(load("x = = 1", "=chunk"))
