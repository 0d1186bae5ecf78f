-- lua: all
-- __tostring of an error value is not asked.
error(setmetatable({}, { __tostring = function() return "text" end }))
