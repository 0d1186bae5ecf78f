local t = { inner = {} }
t.inner.missing() -- expect error: attempt to call a nil value (field 'missing')
