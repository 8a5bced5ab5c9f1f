// Holds the precompiled LibTorch headers that every other target reuses.
