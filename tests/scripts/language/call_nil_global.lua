absent() -- expect error: attempt to call a nil value (global 'absent')
