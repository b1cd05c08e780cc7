// Dataform takes free properties only as a protobuf Struct; these two make one.
const text = (value) => ({ stringValue: value });
const list = (values) => ({ listValue: { values: values.map(text) } });

// What one row of a model is, and the columns that tell two rows apart.
const model = ({ grain, key }) => ({
  overview: grain,
  extraProperties: { fields: { grain: text(grain), key: list(key) } },
});

// `of` is the model that is not published ("fail") or only reported ("warn") where the check finds rows.
const check = ({ of, severity }) => ({
  extraProperties: { fields: { of: text(of), severity: text(severity) } },
});

module.exports = { model, check };
