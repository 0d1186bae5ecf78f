local object = {}
object:missing() -- expect error: attempt to call a nil value (method 'missing')
