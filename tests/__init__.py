"""Tests talk to the real portal and the real embedded workspace over HTTP. A fixed cast: alice, bob, charlie."""
