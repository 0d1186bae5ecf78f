-- lua: all
-- Without it, there is only the message.
debug = nil
error("oops")
