// One of a few, all of them seen. Arrows move among them, as in every radio group.
import { type ReactNode, useId } from 'react';
import styles from './choice.module.css';

/** One of them. */
export interface ChoiceOption<V extends string> {
  readonly value: V;
  readonly label: string;
  readonly hint?: ReactNode;
  readonly disabled?: boolean;
}

/** What a choice takes. */
export interface ChoiceProps<V extends string> {
  readonly label: string;
  readonly hideLabel?: boolean;
  readonly value: V;
  readonly options: readonly ChoiceOption<V>[];
  /** `row`: short words side by side (a segmented control); `cards`: each with its hint, in a frame. Cards unless told. */
  readonly look?: 'cards' | 'row';
  onChange(value: V): void;
}

/** A group of radio buttons. */
export function Choice<V extends string>({ label, hideLabel = false, value, options, look = 'cards', onChange }: ChoiceProps<V>) {
  const name = useId();
  return (
    <fieldset className={styles.group}>
      <legend className={hideLabel ? 'visually-hidden' : styles.legend}>{label}</legend>
      <div className={styles[look]}>
        {options.map((option) => (
          <label key={option.value} className={styles.option} data-disabled={option.disabled || undefined}>
            <input
              className={styles.input}
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              disabled={option.disabled ?? false}
              onChange={() => onChange(option.value)}
            />
            <span className={styles.words}>
              <span className={styles.label}>{option.label}</span>
              {option.hint === undefined ? null : <span className={styles.hint}>{option.hint}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
