-- lua: 5.2
-- __tostring of an error value is asked.
error(setmetatable({}, { __tostring = function() return "text" end }))
