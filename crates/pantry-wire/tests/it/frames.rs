//! Properties of the framing.
