-- lua: 5.2
-- An error that is no string.
error({})
