-- lua: all
-- A boolean as uncaught error.
error(false)
