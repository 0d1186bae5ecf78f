-- lua: 5.5
-- __tostring of an error value.
error(setmetatable({}, { __tostring = function() return "text" end, __name = "T" }))
