//! The load test: the predicted requests, put on a real provider at their intended starts.
