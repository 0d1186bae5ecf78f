-- lua: all
-- The traceback of an error is made by the global debug.traceback.
debug.traceback = function(m) return "mine: " .. m end
error("oops")
