-- lua: all
-- A number as uncaught error.
error(42, 0)
