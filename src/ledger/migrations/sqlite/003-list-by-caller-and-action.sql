-- The records of one caller at one action, newest first, without reading all that either has.
CREATE INDEX intents_by_caller_and_action ON entries (caller, action_name, place) WHERE kind = 'intent';
