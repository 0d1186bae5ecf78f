-- lua: all
-- __name shows in the text for an object without __tostring.
error(setmetatable({}, { __name = "My.Type" }))
