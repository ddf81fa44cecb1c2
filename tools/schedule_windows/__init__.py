"""Schedule windows (core/seams/schedule_window.hpp): which atomic operations have one, and which
pairs of roles a stress run has met in them."""
