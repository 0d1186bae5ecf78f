-- lua: all
-- An uncaught nil.
error(nil)
