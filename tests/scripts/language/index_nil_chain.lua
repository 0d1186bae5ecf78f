local config = {}
print(config.window) -- expect: nil
print(config.window.width) -- expect error: attempt to index a nil value (field 'window')
